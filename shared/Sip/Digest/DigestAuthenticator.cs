using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Digest;

/// <summary>The outcome of a check: the user, or none. IsStale: the password was right, only the nonce is old or used up.</summary>
public readonly record struct DigestCheck(bool IsValid, bool IsStale, string User)
{
    /// <summary>An answer to a challenge of ours that is wrong: who sent it has got the challenge, so its address is no forgery.</summary>
    public bool IsWrong { get; init; }
}

/// <summary>
/// The server's side of digest (RFC 7616, RFC 8760): qop auth, MD5 and SHA-256. A nonce is its time of issue and an HMAC, so an unused one costs
/// no state; a used one is kept with its highest nc. An unknown user is computed and answered exactly as a wrong password. Thread-safe.
/// </summary>
public sealed class DigestAuthenticator
{
    /// <summary>Used nonces kept. The oldest goes first, and all issued before it are stale from then on.</summary>
    public const int NoncesMax = 65_536;

    private const int NonceBytes = 8 + 8 + 16; // time, salt, HMAC
    private const string DummyHa1 = "0123456789abcdef0123456789abcdef";
    private volatile string realm;
    private readonly Func<string, Ha1?> credentials;
    private readonly TimeProvider time;
    private readonly TimeSpan nonceLife;
    private readonly byte[] secret;
    private readonly Lock gate = new();
    private readonly Dictionary<string, uint> used = [];
    private readonly Queue<(string Nonce, long IssuedAt)> order = new();
    private long forgottenUntil;

    /// <param name="realm">The realm of challenges, and of every HA1.</param>
    /// <param name="credentials">HA1 by user name, null for an unknown user.</param>
    /// <param name="time">The clock.</param>
    /// <param name="nonceLife">How long a nonce is good; default 5 minutes.</param>
    /// <param name="secret">HMAC key of 32 bytes to be shared between processes; null makes one.</param>
    public DigestAuthenticator(string realm, Func<string, Ha1?> credentials, TimeProvider time, TimeSpan? nonceLife = null, byte[]? secret = null)
    {
        this.realm = realm;
        this.credentials = credentials;
        this.time = time;
        this.nonceLife = nonceLife ?? TimeSpan.FromMinutes(5);
        this.secret = secret ?? RandomNumberGenerator.GetBytes(32);
    }

    /// <summary>
    /// What is offered and taken, in this order (RFC 8760 section 2.3: the strongest first). Both by default; MD5 alone for peers that stumble over
    /// a challenge they do not know instead of passing over it, as sipp 3.6 and baresip 1.0 do.
    /// </summary>
    public IReadOnlyList<DigestAlgorithm> Algorithms { get; init; } = [DigestAlgorithm.Sha256, DigestAlgorithm.Md5];

    /// <summary>The realm of challenges, and of every HA1. A new one makes earlier credentials invalid.</summary>
    public string Realm
    {
        get => realm;
        set => realm = value;
    }

    /// <summary>WWW-Authenticate headers, one an algorithm.</summary>
    public IReadOnlyList<SipHeader> Challenge(bool stale)
    {
        var nonce = NewNonce();
        return [.. Algorithms.Select(Header)];

        SipHeader Header(DigestAlgorithm algorithm) => new(
            "WWW-Authenticate",
            $"Digest realm={SipSyntax.Quote(realm)}, nonce=\"{nonce}\", algorithm={DigestMath.Name(algorithm)}, qop=\"auth\"{(stale ? ", stale=true" : "")}");
    }

    /// <summary>Checks the Authorization header of a request against its own method.</summary>
    public DigestCheck Check(SipMessage request)
    {
        foreach (var line in request.GetLines(HeaderId.Authorization))
        {
            if (DigestFields.Parse(line) is { } fields && fields["realm"] == realm)
            {
                return Check(fields, request.MethodName);
            }
        }

        return default;
    }

    private DigestCheck Check(DigestFields fields, string method)
    {
        if (fields["username"] is not { Length: > 0 } user || fields["nonce"] is not { } nonce || fields["uri"] is not { } uri
            || fields["response"] is not { } response || fields["cnonce"] is not { } cnonce || fields["nc"] is not { } nc
            || fields["qop"] is not "auth" || !DigestMath.TryAlgorithm(fields["algorithm"], out var algorithm) || !Algorithms.Contains(algorithm)
            || !uint.TryParse(nc, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var count))
        {
            return default;
        }

        // The same work for a known and an unknown user: time tells nothing.
        var ha1 = credentials(user)?.For(algorithm);
        var expected = DigestMath.Response(algorithm, ha1 ?? DummyHa1, nonce, nc, cnonce, method, uri);
        var right = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(response.ToLowerInvariant()));
        var ours = TryNonce(nonce, out var issuedAt);
        if (!right || ha1 is null || !ours)
        {
            return new DigestCheck { User = "", IsWrong = ours };
        }

        return IsFresh(nonce, issuedAt, count) ? new DigestCheck(true, false, user) : new DigestCheck(false, true, user);
    }

    private bool IsFresh(string nonce, long issuedAt, uint count)
    {
        if (Now - issuedAt > (long)nonceLife.TotalMilliseconds || count == 0)
        {
            return false;
        }

        lock (gate)
        {
            if (used.TryGetValue(nonce, out var highest))
            {
                used[nonce] = Math.Max(highest, count);
                return count > highest;
            }

            if (issuedAt <= forgottenUntil)
            {
                return false;
            }

            used[nonce] = count;
            order.Enqueue((nonce, issuedAt));
            while (order.Count > NoncesMax || (order.TryPeek(out var oldest) && Now - oldest.IssuedAt > (long)nonceLife.TotalMilliseconds))
            {
                var (gone, at) = order.Dequeue();
                used.Remove(gone);
                forgottenUntil = Math.Max(forgottenUntil, at);
            }

            return true;
        }
    }

    private string NewNonce()
    {
        Span<byte> bytes = stackalloc byte[NonceBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Now);
        RandomNumberGenerator.Fill(bytes[8..16]);
        Sign(bytes[..16], bytes[16..]);
        return Base64Url.EncodeToString(bytes);
    }

    private bool TryNonce(string nonce, out long issuedAt)
    {
        Span<byte> bytes = stackalloc byte[NonceBytes];
        Span<byte> signature = stackalloc byte[16];
        issuedAt = 0;
        if (nonce.Length != Base64Url.GetEncodedLength(NonceBytes) || !Base64Url.IsValid(nonce) || !Base64Url.TryDecodeFromChars(nonce, bytes, out var length) || length != NonceBytes)
        {
            return false;
        }

        Sign(bytes[..16], signature);
        issuedAt = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return CryptographicOperations.FixedTimeEquals(signature, bytes[16..]);
    }

    private void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        Span<byte> full = stackalloc byte[32];
        HMACSHA256.HashData(secret, data, full);
        full[..16].CopyTo(signature);
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();
}
