using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace CallCenter.Hosting;

/// <summary>
/// Tenants' data keys (AES-256), wrapped by the installation's master key (<c>Keys:Master</c>, or <c>DATA/keys/master.key</c>) with AES-256-GCM:
/// base64 of version (1 byte, 1), nonce (12), key (32), tag (16).
/// </summary>
public sealed class TenantKeys(DataFolder data, IConfiguration? configuration = null)
{
    private const byte Version = 1, SecretVersion = 2;
    private const int NonceLength = 12, TagLength = 16, WrappedLength = 1 + NonceLength + KeyFile.Length + TagLength;

    private readonly byte[] _master = KeyFile.Get(configuration, "Keys:Master", data, "master");

    /// <summary>A new random data key, wrapped, as it is kept with the tenant.</summary>
    public string NewWrappedKey()
    {
        var wrapped = new byte[WrappedLength];
        wrapped[0] = Version;
        var nonce = wrapped.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_master, TagLength);
        aes.Encrypt(nonce, RandomNumberGenerator.GetBytes(KeyFile.Length),
            wrapped.AsSpan(1 + NonceLength, KeyFile.Length), wrapped.AsSpan(^TagLength..), wrapped.AsSpan(0, 1));
        return Convert.ToBase64String(wrapped);
    }

    /// <summary>The data key, 32 bytes. Throws <see cref="CryptographicException"/> when it was wrapped by another master key or is damaged.</summary>
    public byte[] Unwrap(string wrappedKey)
    {
        var wrapped = new byte[WrappedLength];
        if (!Convert.TryFromBase64String(wrappedKey, wrapped, out var length) || length != WrappedLength || wrapped[0] != Version)
        {
            throw new CryptographicException("The wrapped data key is not of a known form: restore the tenant's row from a backup.");
        }
        var key = new byte[KeyFile.Length];
        using var aes = new AesGcm(_master, TagLength);
        try
        {
            aes.Decrypt(wrapped.AsSpan(1, NonceLength), wrapped.AsSpan(1 + NonceLength, KeyFile.Length), wrapped.AsSpan(^TagLength..), key, wrapped.AsSpan(0, 1));
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new CryptographicException("The data key was wrapped by another master key: restore keys/master.key (or Keys:Master) of this installation.", e);
        }
        return key;
    }

    /// <summary>A secret of the configuration (a trunk's password), sealed by the master key: as it is stored and sent. Base64.</summary>
    public string Seal(string secret)
    {
        var text = Encoding.UTF8.GetBytes(secret);
        var box = new byte[1 + NonceLength + text.Length + TagLength];
        box[0] = SecretVersion;
        var nonce = box.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_master, TagLength);
        aes.Encrypt(nonce, text, box.AsSpan(1 + NonceLength, text.Length), box.AsSpan(^TagLength..), box.AsSpan(0, 1));
        return Convert.ToBase64String(box);
    }

    /// <summary>What <see cref="Seal"/> sealed. Throws <see cref="CryptographicException"/> when it was sealed by another master key or is damaged.</summary>
    public string Open(string box)
    {
        var bytes = new byte[box.Length];
        if (!Convert.TryFromBase64String(box, bytes, out var length) || length < 1 + NonceLength + TagLength || bytes[0] != SecretVersion)
        {
            throw new CryptographicException("The sealed secret is not of a known form: set it anew.");
        }
        var text = new byte[length - 1 - NonceLength - TagLength];
        using var aes = new AesGcm(_master, TagLength);
        try
        {
            aes.Decrypt(bytes.AsSpan(1, NonceLength), bytes.AsSpan(1 + NonceLength, text.Length), bytes.AsSpan(length - TagLength, TagLength), text, bytes.AsSpan(0, 1));
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new CryptographicException("The secret was sealed by another master key: restore keys/master.key (or Keys:Master) of this installation, or set the secret anew.", e);
        }
        return Encoding.UTF8.GetString(text);
    }
}
