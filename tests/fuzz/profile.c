/* Any bytes as the files of the AWS tools. */
#include "store/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profiles p = { 0 };
	struct buf out = { 0 };
	struct err err = { 0 };

	if (size < 1)
		return 0;
	if (profiles_add(&p, (const char *)data + 1, size - 1, data[0] & 1,
			 "f", &err) == 0)
		for (size_t i = 0; i < p.n; i++)
			profiles_nested(&p, p.section[i].kind,
					p.section[i].name, "services", "s3",
					&out);
	buf_release(&out);
	profiles_release(&p);
	return 0;
}
