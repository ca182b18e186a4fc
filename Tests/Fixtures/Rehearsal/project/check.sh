# Exits with 0 when the three files are as they should be, and else says which one is not.
test "$(cat number.txt 2>&1)" = one || { echo "number.txt is not 'one'"; exit 1; }
grep -q 'red green blue' words.txt || { echo "words.txt is misspelt"; exit 1; }
test ! -e wrong.txt || { echo "wrong.txt is still there"; exit 1; }
