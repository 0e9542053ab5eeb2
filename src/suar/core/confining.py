"""What a process may use that reads something from outside and was made for that alone."""

import resource


def confine(*, memory_bytes: int, seconds: int) -> None:
    """Take from this process, for good, all but some memory and some seconds of computing.

    It can write no file, begin no process and leave no image of its memory behind. Whatever takes
    its reader over has no more than that. Raises nothing that a caller could go on from.

    Source: security.md B23; docs/decisions/0042.
    """
    for limit, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (most, most))
