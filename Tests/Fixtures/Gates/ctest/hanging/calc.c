#include <unistd.h>

int add(int a, int b) {
    sleep(600);
    return a + b;
}
