#include <croft/app.hpp>

int main(int argc, char** argv) { return croft::main(argc, argv); }
