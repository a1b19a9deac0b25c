capacity = { min = 2, max = 4 }
shards   = 3
