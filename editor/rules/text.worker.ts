/** Monaco's own worker (word search, link detection), in a file of ours so that the bundler finds it. */
import 'monaco-editor/editor/editor.worker';
