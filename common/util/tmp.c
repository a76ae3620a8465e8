#include "util/tmp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/buf.h"

const char *tmp_dir(const char *dir)
{
	if (!dir)
		dir = getenv("TMPDIR");
	return dir && *dir ? dir : "/tmp";
}

int tmp_open(const char *dir, struct err *err)
{
	struct buf name = { 0 };
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		buf_addf(&name, "%s/gtstools-XXXXXX", dir);
		buf_text(&name);
		fd = mkstemp((char *)name.data);
		if (fd >= 0)
			unlink((char *)name.data);
		buf_release(&name);
	}
	return fd >= 0 ? fd :
		err_errno(err, ERR_IO, "%s: no temporary file", dir);
}

int tmp_write(int fd, const void *p, size_t n, const char *dir,
	      struct err *err)
{
	const uint8_t *from = p;

	while (n > 0) {
		ssize_t k = write(fd, from, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_errno(err, ERR_IO, "%s: temporary file",
					 dir);
		from += k;
		n -= (size_t)k;
	}
	return 0;
}
