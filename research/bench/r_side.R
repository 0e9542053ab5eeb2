# Does one task with an R package, and prints what it took: one `name value` a line.
#   Rscript research/bench/r_side.R stepwise PACKAGE FILE REPLICATES SEED
#   Rscript research/bench/r_side.R recruited FILE WAY METHOD POPULATION REPLICATES SEED ID RECRUITER DEGREE \
#     VALUE COMPILED
# CPU seconds are user and system of the call alone, without loading the package or reading the file.

told <- function(name, value) cat(name, " ", format(value, digits = 15), "\n", sep = "")

timed <- function(act) {
  spent <- system.time(found <- act())
  told("cpu_s", sum(spent[c("user.self", "sys.self")]))
  found
}

stepwise <- function(asked) {
  counts <- as.matrix(read.csv(asked[2]))
  replicates <- as.integer(asked[3])
  seed <- as.integer(asked[4])
  act <- switch(asked[1],
    SparseMSE = function() SparseMSE::estimatepopulation(counts, nboot = replicates, iseed = seed),
    MultipleSystemsEstimation = function() MultipleSystemsEstimation::estimate_population_stepwise(
      counts, nboot = replicates, iseed = seed))
  loadNamespace(asked[1])
  told("made_with", paste(asked[1], packageVersion(asked[1])))
  told("estimate", timed(act)$popest)
}

recruited <- function(asked) {
  suppressMessages(loadNamespace("RDS"))
  told("made_with", paste("RDS", packageVersion("RDS")))
  people <- read.csv(asked[1], stringsAsFactors = FALSE)
  people[[asked[10]]] <- as.character(people[[asked[10]]])
  sample <- RDS::as.rds.data.frame(
    people, id = asked[7], recruiter.id = asked[8], network.size = asked[9],
    population.size = as.numeric(asked[4]))
  uncertainty <- c(gile = "Gile", salganik = "Salganik", tree = "Treeboot")[[asked[2]]]
  weight <- c(ss = "Gile's SS", rds2 = "RDS-II")[[asked[3]]]
  set.seed(as.integer(asked[6]))
  made <- tryCatch(
    timed(function() RDS::RDS.bootstrap.intervals(
      sample, outcome.variable = asked[10], weight.type = weight, uncertainty = uncertainty,
      N = as.numeric(asked[4]), number.of.bootstrap.samples = as.integer(asked[5]),
      useC = as.logical(asked[11]))),
    error = function(stopped) NULL)
  if (is.null(made)) cat("stopped yes\n") else told("estimate", as.numeric(made$estimate)[1])
}

asked <- commandArgs(trailingOnly = TRUE)
told("r", paste(R.version$major, R.version$minor, sep = "."))
switch(asked[1], stepwise = stepwise(asked[-1]), recruited = recruited(asked[-1]))
