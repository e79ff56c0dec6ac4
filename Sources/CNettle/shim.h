#pragma once

#include <nettle/ripemd160.h>
#include <nettle/sha2.h>
