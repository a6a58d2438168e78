"""The command line: one verb per file under `commands/`; it speaks to the services over gRPC like anybody else."""
