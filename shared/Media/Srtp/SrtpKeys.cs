using CallCenter.Media.Net;

namespace CallCenter.Media.Srtp;

/// <summary>A master key and salt of one direction (RFC 3711, section 4.3), from which the session keys are derived.</summary>
internal sealed class SrtpKeys
{
    // RFC 3711, section 4.3.2: the label says which key; RTCP's are these plus 3.
    private const byte EncryptionLabel = 0;
    private const byte AuthenticationLabel = 1;
    private const byte SaltLabel = 2;
    private const byte RtcpLabels = 3;
    private const int AuthenticationKeySize = 20;

    private readonly byte[] _key;
    private readonly byte[] _salt;

    /// <param name="key">16 bytes.</param>
    /// <param name="salt">14 bytes for counter mode, 12 for GCM.</param>
    public SrtpKeys(SrtpProfile profile, ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt)
    {
        if (key.Length != SrtpProfiles.KeySize || salt.Length != profile.SaltSize())
        {
            throw new ArgumentException($"{profile.SuiteName()} takes a key of {SrtpProfiles.KeySize} and a salt of {profile.SaltSize()} bytes, not {key.Length} and {salt.Length}.");
        }
        (Profile, _key, _salt) = (profile, key.ToArray(), salt.ToArray());
    }

    public SrtpProfile Profile { get; }

    /// <summary>The transform for RTP or for RTCP with its own session keys.</summary>
    public SrtpTransform CreateTransform(bool rtcp)
    {
        var offset = rtcp ? RtcpLabels : (byte)0;
        Span<byte> key = stackalloc byte[SrtpProfiles.KeySize];
        Span<byte> salt = stackalloc byte[Profile.SaltSize()];
        Derive((byte)(EncryptionLabel + offset), key);
        Derive((byte)(SaltLabel + offset), salt);
        if (Profile == SrtpProfile.AeadAes128Gcm)
        {
            return new GcmTransform(key, salt);
        }
        Span<byte> authentication = stackalloc byte[AuthenticationKeySize];
        Derive((byte)(AuthenticationLabel + offset), authentication);
        return new CounterModeTransform(key, salt, authentication);
    }

    /// <summary>
    /// RFC 3711, section 4.3.1 with a key derivation rate of 0: the key stream of counter mode, whose counter begins at
    /// (label in its seventh byte XOR salt) * 2^16. A GCM salt is filled up with zeros (RFC 7714, section 11).
    /// </summary>
    public unsafe void Derive(byte label, Span<byte> sessionKey)
    {
        var counter = stackalloc byte[16];
        new Span<byte>(counter, 16).Clear();
        _salt.CopyTo(new Span<byte>(counter, 16));
        counter[7] ^= label;
        sessionKey.Clear();
        var context = OpenSsl.CipherNew();
        int written;
        fixed (byte* key = _key, output = sessionKey)
        {
            _ = OpenSsl.CipherInit(context, OpenSsl.Aes128Ctr(), 0, key, counter, 1);
            _ = OpenSsl.CipherUpdate(context, output, &written, output, sessionKey.Length);
        }
        OpenSsl.CipherFree(context);
    }
}
