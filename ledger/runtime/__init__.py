"""What a process is made of: its settings, its log lines, its beginning and its end."""
