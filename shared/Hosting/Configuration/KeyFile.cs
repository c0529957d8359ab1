using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace CallCenter.Hosting;

/// <summary>
/// Secret keys of an installation: 32 random bytes a file in <c>DATA/keys</c>, made at first use, readable by the owner alone. Processes
/// that share no folder are given the key by their configuration.
/// </summary>
internal static class KeyFile
{
    public const int Length = 32;

    private static readonly Lock Making = new();

    /// <summary>The key of the configuration (base64), or the file's where the configuration has none.</summary>
    public static byte[] Get(IConfiguration? configuration, string setting, DataFolder data, string name)
    {
        if (configuration?[setting] is not { Length: > 0 } configured)
        {
            return ReadOrCreate(data, name);
        }
        var key = new byte[Length];
        return Convert.TryFromBase64String(configured, key, out var length) && length == Length
            ? key
            : throw new InvalidOperationException($"{setting} must be {Length} bytes in base64: make one with 'openssl rand -base64 {Length}'.");
    }

    public static byte[] ReadOrCreate(DataFolder data, string name)
    {
        var path = Path.Combine(data.Keys, name + ".key");
        lock (Making)
        {
            if (!File.Exists(path))
            {
                DataFolder.WriteWhole(path, RandomNumberGenerator.GetBytes(Length));
            }
            var key = File.ReadAllBytes(path);
            return key.Length == Length
                ? key
                : throw new InvalidDataException($"The key file {path} is damaged ({key.Length} bytes, not {Length}): restore it from a backup. Without it what it protects cannot be read.");
        }
    }
}
