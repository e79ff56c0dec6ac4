// What Swift cannot import of ncurses: macros, and globals that are not safe in Swift 6. Nothing here keeps state of
// its own.
#ifndef BITCOIN_CCURSES_SHIM_H
#define BITCOIN_CCURSES_SHIM_H

#define NCURSES_WIDECHAR 1
#include <locale.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

// Declared by glibc only under _GNU_SOURCE.
extern int memfd_create(const char *name, unsigned int flags);

static inline int shim_memory_file(void) { return memfd_create("stderr", 1 /* MFD_CLOEXEC */); }

// newterm and not initscr: the latter ends the process when the terminal is unknown.
static inline SCREEN *shim_new_terminal(void) { return newterm(NULL, stdout, stdin); }

static inline WINDOW *shim_standard_window(void) { return stdscr; }

static inline int shim_colors(void) { return COLORS; }

// Attributes and an extended colour pair for the text that follows.
static inline void shim_set_style(attr_t attributes, int pair) { wattr_set(stdscr, attributes, 0, &pair); }

static inline attr_t shim_bold(void) { return A_BOLD; }
static inline attr_t shim_dim(void) { return A_DIM; }
static inline attr_t shim_underline(void) { return A_UNDERLINE; }
static inline attr_t shim_reverse(void) { return A_REVERSE; }

static inline void shim_write(int row, int column, const char *text) { mvwaddstr(stdscr, row, column, text); }

static inline int shim_read_key(wint_t *key) { return wget_wch(stdscr, key); }
static inline int shim_is_function_key(int result) { return result == KEY_CODE_YES; }
static inline int shim_is_error(int result) { return result == ERR; }

static inline void shim_enable_mouse(void) {
    // A press and a release that arrive together become a click, and would be lost without it.
    mousemask(
        BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON1_DOUBLE_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    mouseinterval(0);
}

// 0 nothing of interest, 1 click, 2 double click, 3 wheel up, 4 wheel down.
static inline int shim_read_mouse(int *column, int *row) {
    MEVENT event;
    if (getmouse(&event) != OK) return 0;
    *column = event.x;
    *row = event.y;
    if (event.bstate & BUTTON4_PRESSED) return 3;
    if (event.bstate & BUTTON5_PRESSED) return 4;
    if (event.bstate & BUTTON1_DOUBLE_CLICKED) return 2;
    if (event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED)) return 1;
    return 0;
}

static inline int shim_terminal_size(int *columns, int *rows) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

static inline void shim_default_action(int number) {
    struct sigaction action = {0};
    action.sa_handler = SIG_DFL;
    sigaction(number, &action, NULL);
}

static inline void shim_catch(int number, void (*handler)(int)) {
    struct sigaction action = {0};
    action.sa_handler = handler;
    // One shot: a crash while cleaning up a crash is not caught again.
    action.sa_flags = SA_RESETHAND | SA_NODEFER;
    sigaction(number, &action, NULL);
}

#endif
