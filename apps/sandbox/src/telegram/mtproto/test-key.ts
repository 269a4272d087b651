/**
 * The sandbox's own RSA key. It protects nothing: both parts are public, so that any client can be taught to trust it.
 * Its fingerprint does not begin with a zero, for some clients print it without leading zeros and then do not find it.
 */
export const testKey = {
  privatePem: `-----BEGIN RSA PRIVATE KEY-----
MIIEowIBAAKCAQEAwRnsUht7nlbJrk+mRQReXhuSPujB/XAnLxzLu8xzcHHsxnOT
KskQ5XqELDHCGevVvQnwdoiywGU/4Jd7bRZM+eNvHpD83GHCa5PsusFTj7EEG1Zo
Ky7LlphntvTkF2hcgZgjHSoVJC1Y9R/XETdp81cYpE9fKEs2bTCMQ8Ds4JNd88si
AvwxquLoWtuY7s6fq3nWm5MsIEpuYJGQoeuVSfXK2B10JeEOh6lfsYfwGfXwqwWd
rZdUVL3G6Xnvm8tMb3Oxf3mfJ4yOaXkzWMFYM9WNEJVk2wIWD8nNBm/Z6xYZ2Yjz
ySWmghXuM3RGirQ6gzUX9po6WLOdDy77MRM1RQIDAQABAoIBAANwokieK7gY5LPh
wF0HZGT5ycOsItSQfGo28ZwxWrccmHK6mVsQROhJo/QjmMkcbezVsf5ylfiedSJb
oHvDg3CKMC8TtyV36l4/Pt7e1c3AAgo4oldumHrg0SwttaiDF+7JFosM9l50HlsT
i6HHYnBO02YN8eyGVnxgeoc0dyPTBFOh9B90OYAyiqm3M2EB7Bo5b2WmXfRG+bh2
3wgNQLaoihYzsteY0ZoEhwgbnZ2+OJbobnvoagj+n9npKMNH9C1y0e4pb2CPmwI/
/Z6mum2tkOlI3d1sWiVj9hA1tdNInAWoZ4+iLtRqubr1TxlpVaVJc4PLfzDHXw86
XkqxqPsCgYEA4pcsoye3bt/n7xU6GhkAXrcATKIAz1sfeBdQ4G6DqGn03c6WgGHE
VnetkdKD8qHRaDitBGE20p5EkzRWKkGfYwk/wI8nNYxxwoG/mwVDQnz6oUJU/an8
JGNtibNewicZ864eIn8Zv9Nrg1VoDYn/IdUip6snvagANVwjFYN9AD8CgYEA2ioD
9mFG9qr1FYBs9YZ5Ct9OiPgyvKuHRqmaQwUv19gp/FVVKvUxna0QS5gMfhpwjCVg
hCx+x1oD7OABTqErCzBDNQbTqi6tsYO8sYLjewnZziCG+dIj+BavDFv/NudNUoN4
lWtulN846XTl8nVf5ZAewugBPH4lIg8MAKKGKXsCgYAWkRXJ/gefzD7uKcAKn1jR
Fgq6lxvbiui8bh4I7BjCqiLQAGYuzQ3fyrWHo16uyHzxk0tv9zqdiVOtEXZPaQ+1
rlMiG1+9Top547AwgTqsoYPYkaGjTc2l1h0vrKSQU5KbGUk5CE2JNEYt41CkoIy/
UtnLtxkTI2s55T49Q0YswwKBgQCcNeVsby7uxG6EnNZn34egH1EOhhleOru7/wjz
4CznsmItybQX9EU4j4jRd+fKC4h28PRw76M/fta8r5CACqrVchNNTrwUaSP5rUhZ
Gk1j9iO8klHTY4JZy3Q/t0fAulIFORoIc0pU0pjfoNJdj2nA6Db+fD0WYYSZJIkF
k1nZLQKBgDR420aeBRlnlPOjZBJY1rDFjz1jAIXdpuoyhUzFUPHXjV0uGuvclRYm
djjQJwsC+yyForrPDgQC8rZQ50xF15SI3dsBVG4+n/Hl8ZzYyUEXLgLcKD85OQzi
LxrhOPSSA39zXHhgm/EYegaoXfK16/ltilNbCPY+lvZxF7zksVm3
-----END RSA PRIVATE KEY-----
`,
  publicPem: `-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAwRnsUht7nlbJrk+mRQReXhuSPujB/XAnLxzLu8xzcHHsxnOTKskQ
5XqELDHCGevVvQnwdoiywGU/4Jd7bRZM+eNvHpD83GHCa5PsusFTj7EEG1ZoKy7L
lphntvTkF2hcgZgjHSoVJC1Y9R/XETdp81cYpE9fKEs2bTCMQ8Ds4JNd88siAvwx
quLoWtuY7s6fq3nWm5MsIEpuYJGQoeuVSfXK2B10JeEOh6lfsYfwGfXwqwWdrZdU
VL3G6Xnvm8tMb3Oxf3mfJ4yOaXkzWMFYM9WNEJVk2wIWD8nNBm/Z6xYZ2YjzySWm
ghXuM3RGirQ6gzUX9po6WLOdDy77MRM1RQIDAQAB
-----END RSA PUBLIC KEY-----
`,
  /** As Telegram prints it: 64 bits, hexadecimal. */
  fingerprint: "f0093cd429349082",
} as const;
