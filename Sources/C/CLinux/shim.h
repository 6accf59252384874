#pragma once
#include <sys/mount.h>
#include <sys/ioctl.h>
