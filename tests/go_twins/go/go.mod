module actornet/tests/go_twins

go 1.19
