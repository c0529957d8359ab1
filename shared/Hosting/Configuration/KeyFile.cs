using System.Security.Cryptography;

namespace CallCenter.Hosting;

/// <summary>Secret keys of an installation: 32 random bytes a file in <c>DATA/keys</c>, made at first use, readable by the owner alone.</summary>
internal static class KeyFile
{
    public const int Length = 32;

    private static readonly Lock Making = new();

    public static byte[] ReadOrCreate(DataFolder data, string name)
    {
        var path = data.Path("keys", name + ".key");
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
