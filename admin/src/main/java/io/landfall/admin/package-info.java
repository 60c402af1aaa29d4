/** Reading and steering a running node: views, commands, and the HTTP API that carries them. */
package io.landfall.admin;
