-- Run once, when Postgres makes its files. The database `prefect`, of Prefect's server, is there by then.
CREATE DATABASE pressrun;
