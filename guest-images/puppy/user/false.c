/* Fails, and is never wrong about it. */
int main(void) { return 1; }
