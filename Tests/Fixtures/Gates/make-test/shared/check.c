#include <stdio.h>

int add(int a, int b);

int main(void) {
    setvbuf(stdout, 0, _IONBF, 0);
    puts("1..2");
    int adds = add(1, 2) == 3, nothing = add(0, 0) == 0;
    puts(adds ? "ok 1 - adds" : "not ok 1 - adds");
    puts(nothing ? "ok 2 - nothing" : "not ok 2 - nothing");
    return !(adds && nothing);
}
