#pragma once
#include <rpm/rpmlib.h>
#include <rpm/rpmts.h>
