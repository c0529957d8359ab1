using CallCenter.Hosting;
using Microsoft.Win32.SafeHandles;

namespace CallCenter.Recording.Store;

/// <summary>A recording's blocks in one file, each at its position there.</summary>
internal sealed record OpenedRecording(SafeFileHandle File, IReadOnlyList<StoredBlock> Blocks);

/// <summary>
/// Opens recordings for reading, wherever their blocks lie. Objects are put together in a file without a name, which goes when it is closed;
/// a recording may have begun as a file.
/// </summary>
internal sealed class StoredRecordings(BlockFiles files, BlockObjects? objects, DataFolder data)
{
    private const int GetsAtOnce = 8;

    /// <summary>
    /// Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when its file cannot be read, <see cref="SidecarException"/> when an object
    /// cannot be had, <see cref="InvalidOperationException"/> when it has objects and no binding leads to them.
    /// </summary>
    public async Task<OpenedRecording> Open(FilePlace place, IReadOnlyList<StoredBlock> blocks, CancellationToken ct)
    {
        var parts = blocks.GroupBy(block => block.Object).ToList();
        if (parts is [{ Key: null }])
        {
            return new(files.Open(place), blocks);
        }
        if (objects is null)
        {
            throw new InvalidOperationException("The recording lies in object storage, which this service is not told of: set Recording:Binding.");
        }
        var begins = new Dictionary<Guid, long>();
        long end = 0;
        foreach (var part in parts)
        {
            begins[part.Key ?? Guid.Empty] = end;
            end += part.Max(block => block.Position + block.Length);
        }
        var whole = Nameless();
        try
        {
            await Parallel.ForEachAsync(parts, new ParallelOptions { MaxDegreeOfParallelism = GetsAtOnce, CancellationToken = ct }, async (part, token) =>
                await (part.Key is { } id ? CopyObject(place, id, whole, begins[id], token) : CopyFile(place, part, whole, begins[Guid.Empty], token)));
            return new(whole, [.. blocks.Select(block => block with { Position = begins[block.Object ?? Guid.Empty] + block.Position })]);
        }
        catch
        {
            whole.Dispose();
            throw;
        }
    }

    private async Task CopyObject(FilePlace place, Guid id, SafeFileHandle to, long at, CancellationToken ct) =>
        await RandomAccess.WriteAsync(to, await objects!.Get(place, id, ct), at, ct);

    private async Task CopyFile(FilePlace place, IEnumerable<StoredBlock> blocks, SafeFileHandle to, long at, CancellationToken ct)
    {
        using var file = files.Open(place);
        foreach (var block in blocks)
        {
            var body = new byte[block.Length];
            var read = await RandomAccess.ReadAsync(file, body, block.Position, ct);
            await RandomAccess.WriteAsync(to, body.AsMemory(0, read), at + block.Position, ct);
        }
    }

    private SafeFileHandle Nameless()
    {
        var path = data.Path("recording", "playing", Guid.NewGuid().ToString("N"));
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.Delete(path);
        return file;
    }
}
