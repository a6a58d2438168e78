"""The ledger of one machine: a broker and the services as processes under one data folder.

layout      which processes there are: data, nothing else
home        the data folder: where everything lies, which ports were chosen
slot        one process's place: is it alive, start it, signal it
broker      the NATS configuration
ready       is it serving yet
control     start what is dead, stop everything
supervise   stay, and restart what dies
lag         how far each log has come, read from the databases alone
"""
