using System.Buffers.Binary;
using System.Security.Cryptography;
using CallCenter.Hosting;
using Microsoft.Win32.SafeHandles;

namespace CallCenter.Telephony.Spool;

/// <summary>
/// One run of the gateway and its folder <c>incarnations/&lt;name&gt;</c>: event segments, recording segments and <c>alive</c>,
/// the time of the last sign of life (Unix milliseconds, 8 bytes, big endian), written each second.
/// </summary>
internal sealed class Incarnation : IDisposable
{
    private const string AliveFile = "alive";
    private readonly IDisposable held;
    private readonly SafeFileHandle alive;

    private Incarnation(string folder, IDisposable held, SafeFileHandle alive)
    {
        Folder = folder;
        this.held = held;
        this.alive = alive;
    }

    /// <summary>12 hex digits, never used before; also the instance's name to send commands to.</summary>
    public string Name => Path.GetFileName(Folder);
    public string Folder { get; }

    /// <summary>A name for this run: 12 random hex digits.</summary>
    public static string NewName() => RandomNumberGenerator.GetHexString(12, lowercase: true);

    /// <summary>Takes the gateway's place in the data folder. Throws <see cref="IOException"/> when another process has it.</summary>
    public static Incarnation Begin(DataFolder data, string name)
    {
        var held = data.Lock("telephony", "lock");
        var folder = data.Folder("telephony", "incarnations", name);
        return new(folder, held, File.OpenHandle(Path.Combine(folder, AliveFile), FileMode.CreateNew, FileAccess.Write, FileShare.Read));
    }

    /// <summary>Folders of earlier runs whose events or blocks have not all left.</summary>
    public static IReadOnlyList<string> Earlier(string root, string name) =>
        Directory.Exists(root) ? [.. Directory.EnumerateDirectories(root).Where(d => Path.GetFileName(d) != name).Order(StringComparer.Ordinal)] : [];

    /// <summary>The last sign of life in a folder; null when there is none.</summary>
    public static DateTimeOffset? LastSign(string folder)
    {
        var path = Path.Combine(folder, AliveFile);
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        return bytes.Length == 8 ? DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes)) : null;
    }

    public void Sign(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, now.ToUnixTimeMilliseconds());
        RandomAccess.Write(alive, bytes, 0);
    }

    public void Dispose()
    {
        alive.Dispose();
        held.Dispose();
    }
}
