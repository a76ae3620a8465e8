/*
 * clones - loops compiled for several processors, chosen when the program
 * starts.
 *
 * CLONES stands in front of a function whose loops gain by wider registers,
 * of whatever length they are; CLONES_NARROW where only instructions on
 * single integers gain.
 * The results are the same on all: integers, and doubles one operation at a
 * time, never contracted.
 */
#ifndef UTIL_CLONES_H
#define UTIL_CLONES_H

/* not where a sanitizer has work to do before such choices are made */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && \
	!defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
	!defined(__SANITIZE_THREAD__)
#define CLONES __attribute__((target_clones( \
	"arch=x86-64-v4", "arch=x86-64-v3", "default"), \
	optimize("vect-cost-model=dynamic")))
#define CLONES_NARROW __attribute__((target_clones( \
	"arch=x86-64-v3", "default")))
#else
#define CLONES
#define CLONES_NARROW
#endif

#endif
