#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "s3put.h"

enum { NOT_FOUND = 127, NOT_RUN = 126 };

pid_t s3put_spawn(char **argv, int *fd, struct err *err)
{
	int end[2];
	pid_t pid;

	if (pipe2(end, O_CLOEXEC))
		return err_errno(err, ERR_IO, "%s", argv[0]);
	pid = fork();
	if (pid == 0) {
		dup2(end[1], STDOUT_FILENO);
		execvp(argv[0], argv);
		fprintf(stderr, "s3put: %s: %s\n", argv[0], strerror(errno));
		_exit(errno == ENOENT ? NOT_FOUND : NOT_RUN);
	}
	close(end[1]);
	if (pid < 0) {
		close(end[0]);
		return err_errno(err, ERR_IO, "%s", argv[0]);
	}
	*fd = end[0];
	return pid;
}

int s3put_reap(pid_t pid, const char *name, struct err *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_errno(err, ERR_IO, "%s", name);
	if (WIFSIGNALED(status))
		return err_set(err, ERR_IO, "%s was ended by signal %d: "
			       "nothing is stored", name, WTERMSIG(status));
	return WEXITSTATUS(status) ?
		err_set(err, ERR_IO, "%s ended with status %d: nothing is "
			"stored", name, WEXITSTATUS(status)) : 0;
}
