#include <stdlib.h>

int add(int a, int b);

int main(int count, char **words) {
    return count == 4 && add(atoi(words[1]), atoi(words[2])) == atoi(words[3]) ? 0 : 1;
}
