#include "util/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

static int look_up(const struct library *l, void *lib, struct err *err)
{
	for (size_t i = 0; i < l->n; i++) {
		void *f = dlsym(lib, l->name[i]);

		if (!f)
			return err_set(err, ERR_IO, "%s is too old for %s: "
				       "it has no %s", l->soname, l->use,
				       l->name[i]);
		memcpy((char *)l->table + i * sizeof(f), &f, sizeof(f));
	}
	return 0;
}

int library_load(struct library *l, struct err *err)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	void *lib;
	bool loaded;

	pthread_mutex_lock(&lock);
	if (!l->loaded) {
		lib = dlopen(l->soname, RTLD_NOW | RTLD_LOCAL);
		if (!lib)
			err_set(err, ERR_IO, "%s need %s, which cannot be "
				"loaded (in Debian: apt-get install %s): %s",
				l->use, l->soname, l->package, dlerror());
		else
			l->loaded = look_up(l, lib, err) == 0;
	}
	loaded = l->loaded;
	pthread_mutex_unlock(&lock);
	return loaded ? 0 : -1;
}
