/** The commands for what a store holds: get, put, delete, scan, export, import. */
@NullMarked
package io.stave.cli.data;

import org.jspecify.annotations.NullMarked;
