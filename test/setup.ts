import fc from 'fast-check';

// The same inputs in every run: a failure is everybody's, not one machine's luck.
fc.configureGlobal({ seed: 20261125 });
