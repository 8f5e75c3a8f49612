#![cfg_attr(fuzzing, no_main)]

dictdb_fuzz::target!(dictdb_fuzz::targets::record::run);
