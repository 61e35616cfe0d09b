/**
 * The EICAR test file: every scanner must report it and it does no harm. Put together here from parts, so that scanners
 * do not find it in our own files.
 */
export const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR', '-STANDARD-ANTIVIRUS-', 'TEST-FILE', '!$H+H*'].join('')
