// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * QEnvironment*, QSetWorkingDir, QStartupWithShell, QDisableRandomization and
 * `!`: noted here, and acted upon when the next program is started.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helper.h"
#include "report.h"
#include "start_options.h"

/* Return: of ~ or ~NAME, @len bytes, or NULL. */
static const char *find_home(const char *tilde, size_t len)
{
	const char *home = len == 1 ? getenv("HOME") : NULL;
	struct passwd *user;
	char *name;

	if (home && *home)
		return home;
	if (len == 1) {
		user = getpwuid(getuid());
	} else {
		name = xasprintf("%.*s", (int)len - 1, tilde + 1);
		user = getpwnam(name);
		free(name);
	}
	return user ? user->pw_dir : NULL;
}

/*
 * A client leaves ~ at the front to where the program runs. One that is nobody's
 * stays as it is: a directory may have that name. Return: for the caller to free.
 */
static char *expand_tilde(const char *directory)
{
	size_t len = strcspn(directory, "/");
	const char *home = *directory == '~' ? find_home(directory, len) : NULL;

	return home ? xasprintf("%s%s", home, directory + len) :
		      xstrdup(directory);
}

static bool enter(const char *directory)
{
	if (!directory || !chdir(directory))
		return true;
	report("Cannot set current working directory to '%s': %s", directory,
	       strerror(errno));
	return false;
}

bool start_options_apply(const struct start_options *options)
{
	char *directory = NULL;
	bool entered;

	/* ~ is ugdb's own, whatever the program's $HOME is to be. */
	if (options->directory)
		directory = expand_tilde(options->directory);
	for (size_t i = 0; i < options->nr_changes; i++)
		if (strchr(options->changes[i], '='))
			putenv(options->changes[i]);
		else
			unsetenv(options->changes[i]);
	entered = enter(directory);
	free(directory);
	return entered;
}

static void free_changes(struct start_options *options)
{
	for (size_t i = 0; i < options->nr_changes; i++)
		free(options->changes[i]);
	free(options->changes);
	options->changes = NULL;
	options->nr_changes = 0;
}

void start_options_free(struct start_options *options)
{
	free_changes(options);
	free(options->directory);
	options->directory = NULL;
}

static void answer(struct request *request, bool good)
{
	buf_add_string(&request->answer->reply, good ? "OK" : "E01");
}

/* Return: what stands in the packet in hex, for the caller to free, or NULL. */
static char *take_text(struct request *request)
{
	struct buf text = { 0 };

	buf_reset(&text);
	if (args_take_hex(&request->args, &text) &&
	    args_at_end(&request->args))
		return text.data;
	buf_free(&text);
	return NULL;
}

/* @change becomes the options' own. */
static void add_change(struct start_options *options, char *change)
{
	size_t size = (options->nr_changes + 1) * sizeof(char *);

	options->changes = xrealloc(options->changes, size);
	options->changes[options->nr_changes++] = change;
}

static void take_change(struct request *request, bool has_value)
{
	char *change = take_text(request);
	bool good = change && *change && *change != '=' &&
		    !strchr(change, '=') == !has_value;

	if (good)
		add_change(&request->helper->start, change);
	else
		free(change);
	answer(request, good);
}

void start_env_set(struct request *request)
{
	take_change(request, true);
}

void start_env_unset(struct request *request)
{
	take_change(request, false);
}

void start_env_reset(struct request *request)
{
	bool good = args_at_end(&request->args);

	if (good)
		free_changes(&request->helper->start);
	answer(request, good);
}

/* Without a name it is ugdb's own directory again. */
void start_working_dir(struct request *request)
{
	char *directory = take_text(request);

	if (directory) {
		free(request->helper->start.directory);
		request->helper->start.directory = NULL;
		if (*directory)
			request->helper->start.directory = directory;
		else
			free(directory);
	}
	answer(request, directory);
}

static bool take_flag(struct request *request, bool *flag)
{
	uint64_t value;

	if (!args_take_number(&request->args, &value) || value > 1 ||
	    !args_at_end(&request->args))
		return false;
	*flag = value;
	return true;
}

void start_with_shell(struct request *request)
{
	answer(request, take_flag(request, &request->helper->start.shell));
}

void start_no_random(struct request *request)
{
	bool disable = false;
	bool good = take_flag(request, &disable);

	if (good)
		request->helper->start.randomize = !disable;
	answer(request, good);
}

void start_extended(struct request *request)
{
	request->helper->extended = true;
	answer(request, true);
}
