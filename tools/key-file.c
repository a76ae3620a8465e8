#include "key-file.h"

#include <stdio.h>
#include <string.h>

#include "store/file.h"

enum { KEY_FILE_MAX = 256 };	/* bytes */

int key_file_read(struct buf *key, const char *path, struct err *err)
{
	struct io_reader *r = file_secret(path, err);
	char text[KEY_FILE_MAX];
	ptrdiff_t n = r ? io_read_full(r, text, sizeof(text), err) : -1;
	unsigned byte;

	io_reader_free(r);
	if (n < 0)
		return -1;
	while (n > 32 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		n--;
	if (n == 48 || n == 64 || (n == 32 && strspn(text,
			"0123456789abcdefABCDEF") >= 32)) {
		for (ptrdiff_t i = 0; i < n; i += 2) {
			char pair[3] = { text[i], text[i + 1], '\0' };

			if (sscanf(pair, "%2x", &byte) != 1)
				break;
			buf_add_byte(key, (uint8_t)byte);
		}
	} else {
		buf_add(key, text, (size_t)n);
	}
	if (key->len != 16 && key->len != 24 && key->len != 32)
		return err_set(err, ERR_USAGE, "%s: a key has 16, 24 or 32 "
			       "bytes", path);
	return 0;
}
