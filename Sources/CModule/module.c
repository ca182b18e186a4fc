#include "sluice_module.h"
