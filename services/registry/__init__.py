"""The registry: who a person reference stands for. Nobody else knows.

It may record that a reference was handed out, that two references are one person, and that a person
was erased; never who anybody is. Names, identity numbers, phones and free text stay in the vault,
sealed with a key per person, and a returning person is found through a keyed blind index.
"""
