"""gRPC at the edge: messages to structs, refusals to statuses, calls to log lines."""
