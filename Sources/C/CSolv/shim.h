#pragma once
#include <solv/pool.h>
#include <solv/repo.h>
