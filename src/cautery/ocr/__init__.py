"""Text in pictures, read by a program that is installed beside us: which one, how it is kept in bounds, what it said.

    picture -> child of ours: decoded, drawn anew as a grey PNG -> the program, confined -> Words

base.py        what every engine is, and what it answers
tesseract.py   Tesseract, with its languages and how sure it is of each word
command.py     any command that reads a picture on standard input and writes text
confined.py    the limits a program runs in
reading.py     `engine(setting)`, `read_picture(data, engine, languages)`
"""
