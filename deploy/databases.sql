-- Run once, when Postgres makes its files: `prefect` is there, for Prefect's server; this is the archive's own state.
CREATE DATABASE pressrun;
