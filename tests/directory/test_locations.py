"""Detection of addresses and districts in texts about hidden places."""

import pytest

from suar.directory.rules import locations

ADDRESSES = [
    "Come to Jl. Melati 4, ask for Ibu Rekaan.",
    "Jl Melati 12",
    "Jl Melati No 12 Cirebon",
    "Jln Raya Kuningan no 5",
    "Jln. Rekaan",
    "Jalan Kenanga Raya",
    "Jalan Damai No. 4",
    "Jl. Aman",
    "jalan melati 12",
    "rumah di jalan melati dekat masjid",
    "jalan raya melati indah no. 12b",
    "di Gg. 3 dekat pasar",
    "Gg Kelinci 3",
    "gang kelinci 3",
    "Gang Buntu",
    "RT 02 / RW 05 Desa Rekaan",
    "RT/RW 02/05",
    "RT.02/RW.05",
    "rt005",
    "rukun tetangga 5",
    "Dusun 3",
    "Dusun II",
    "Desa Rekaan 4",
    "kampung rekaan no 7",
    "No. 14, belakang masjid",
    "rumah nomor 12",
    "nomor rumah 12",
    "House number 7, the blue door",
    "12 Garden Street",
    "12 Rose St.",
    "12A Old Mill Rd",
    "Rose Street",
    "Almond Street",
    "at almond road",
    "Rose St., behind the market",
    "Mill Road 7",
    "ask on rose street for the guard",
    "-6.7320, 108.5523",
    "-6.73, 108.55",
    "-6,73; 108,55",
    "-6,7320, 108,5523",
    "\u22126.73 108.55",
    "6.73, 108.55",
    "6°43'55\" S, 108°33'08\" E",
    "6.73° S",
    "6,73 LS dan 108,55 BT",
    "koordinat: -6.7",
    "Latitude 6.7",
    "6P58QRPX+GV7",
    "QRPX+GV Rekaan",
    "https://maps.app.goo.gl/abc",
    "https://goo.gl/maps/abc",
    "maps.app/abc",
    "https://g.co/kgs/abc",
    "https://www.google.co.id/maps/place/x",
    "https://waze.com/ul/abc",
    "Find us with Waze",
    "https://www.openstreetmap.org/node/1",
    "https://osm.org/go/abc",
    "https://w3w.co/cheer.parent.mole",
    "///cheer.parent.mole",
    "the words are cheer.parent.mole",
    "Perumahan Griya 2",
    "Perum Griya Asri",
    "perum griya asri",
    "Komp. Griya",
    "Kompleks Rekaan",
    "Ruko 5",
    "Kav. 12",
    "Blok B",
    "Block C",
    "kode pos 45131",
    "Strada Florilor",
    "ул. Садовая",
    "ถนนตัวอย่าง 12",
    "玫瑰路12号",
    "đường Hoa Hồng",
]
HARMLESS = [
    "A safe bed, food and a worker who plans with you.",
    "Call the gate at +62 000 0000 0102, day and night.",
    "Bring nothing. No papers needed. 3 months at most.",
    "Kami menjemput Anda. Tidak perlu dokumen.",
    "Jalan keluar bagi pekerja; program berjalan 90 hari.",
    "Jalan Keluar Bagi Pekerja",
    "Dari terminal jalan kaki 10 menit, lalu telepon kami.",
    "Hanya jalan 10 menit. Jangan jalan sendiri pada malam hari.",
    "Anak yang hidup di jalan atau di rumah; di jalan raya; di jalan yang sepi.",
    "Open 08.00-16.00, answers within 3 working days.",
    "Buka 08.00, 16.00 dan 19.30; 08.00 16.00.",
    "Biaya Rp 50.000, 100.000 atau 150.500; 6.500, 108.500 rupiah.",
    "A fee of 12.50, then 99.00 a month. Rp 1.250.000,00",
    "Telp. no. 0231 000 111, atau 14045. Nomor rumah 0231 000 111.",
    "Call no. 0812000000, day and night.",
    "Halo Rekaan 129, WhatsApp 0811 1000 129.",
    "Children who live on the street; street children; a home off the streets.",
    "The road ahead: 24 hours on the road. On the street 3 days.",
    "Sisters of St. Maria pray with you. Gereja St. Yusuf membantu.",
    "A gang of 3 men made you beg? Gang members may follow you.",
    "Perum Damri brings you. Perusahaan umum.",
    "Satu kamar untuk 4 orang; rumah aman 24 jam.",
    "Pulang ke kampung halaman dalam 3 hari. Desa yang jauh: 10 km.",
    "Bawa 2 foto dan 3 lembar salinan.",
    "A village 10 km away also has a bus. For men of 18 years and more.",
    "Write to tolong@bantuan.example.org or see https://www.bantuan.example.org/help.html",
    "Lihat bantuan.rekaan.org. Kami datang.",
    "Undang-Undang No. 21 Tahun 2007. Law No. 21 of 2007.",
    "Ambulance with 5 beds, fever of 38 °C and more: a doctor comes.",
    "Latihan kerja, koordinasi dengan 3 lembaga.",
    "住 3 个月,24 小时开放。",
    "Тёплая кровать, 24 часа в сутки.",
    "-96.7320, 108.5523",
    "-6.7320, 190.5523",
]
DISTRICTS = [
    ("A bed in Plered, Kota Cirebon", ("Kota Cirebon",)),
    ("our house in cirebon", ("cirebon",)),
    ("Rumah aman di Jakarta Pusat", ("Jakarta Pusat",)),
    ("A house in the village of Rekaan", ("village of Rekaan",)),
    ("Kecamatan Rekaan, Desa Contoh Baru", ("Kecamatan Rekaan", "Desa Contoh Baru")),
    ("Rekaan village in Cirebon Regency", ("Rekaan village", "Cirebon Regency")),
    ("井里汶的住处", ("井里汶",)),
    ("A bed in West Java, in Jawa Barat, near Jakarta", ()),
    ("Kami menjemput di kota Anda. Di desa dan di kota.", ()),
]


@pytest.mark.parametrize("text", ADDRESSES)
def test_street_clues_are_detected(text: str) -> None:
    assert locations.find_street_clues(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_texts_have_no_street_clues(text: str) -> None:
    assert locations.find_street_clues(text) == ()
    assert locations.find_districts(text) == ()


@pytest.mark.parametrize(("text", "names"), DISTRICTS)
def test_districts_are_detected_and_provinces_are_not(text: str, names: tuple[str, ...]) -> None:
    assert locations.find_districts(text) == names


def test_areas_of_hidden_place_are_widened_to_provinces() -> None:
    assert locations.widen_to_provinces(["32.74", "32.09", "NATIONAL"]) == ("32", "NATIONAL")


@pytest.mark.parametrize("head", ["latitude", "koordinat", "komp", "desa no", "jalan", "rt", "no"])
def test_many_spaces_do_not_slow_detection(head):
    assert not locations.find_street_clues(f"{head}{' ' * 19_000}x")
    assert locations.find_street_clues(f"latitude{' ' * 19_000}6.73")
    assert not locations.find_districts(f"village of{' ' * 19_000}x")
