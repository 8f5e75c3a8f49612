module dictdb

go 1.24
