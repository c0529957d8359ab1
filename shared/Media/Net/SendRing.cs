using System.Runtime.InteropServices;

namespace CallCenter.Media.Net;

/// <summary>
/// Sends many datagrams, each by its own connected socket, in one system call: io_uring(7). Opened and used by one thread. Every send
/// is done, or refused, when <see cref="Submit"/> returns, so that buffers are free again.
/// </summary>
internal sealed unsafe class SendRing : IDisposable
{
    private const int Setup = 425, Enter = 426; // on every architecture
    private const byte OpSend = 26, SkipSuccess = 1 << 6;
    private const uint SubmitAll = 1 << 7, SingleIssuer = 1 << 12, DeferTaskRun = 1 << 13;
    private const uint SingleMap = 1 << 0, CanSkip = 1 << 11;
    private const long EntriesOffset = 0x1000_0000;
    private const int MSG_NOSIGNAL = 0x4000;

    private readonly int _fd;
    private readonly byte* _rings;
    private readonly nint _ringsSize, _entriesSize;
    private readonly Entry* _entries;
    private readonly Completion* _completions;
    private readonly uint* _tail, _completionHead, _completionTail;
    private readonly uint _mask, _completionMask;
    private uint _next;

    private SendRing(int fd, in Parameters parameters, byte* rings, nint ringsSize, Entry* entries, nint entriesSize)
    {
        (_fd, _ringsSize, _entriesSize) = (fd, ringsSize, entriesSize);
        _rings = rings;
        _entries = entries;
        var (submission, completion) = (parameters.Submission, parameters.Completion);
        _tail = (uint*)(rings + submission.Tail);
        _mask = *(uint*)(rings + submission.Mask);
        var order = (uint*)(rings + submission.Array);
        for (var i = 0u; i < parameters.SubmissionEntries; i++)
        {
            order[i] = i;
        }
        _completionHead = (uint*)(rings + completion.Head);
        _completionTail = (uint*)(rings + completion.Tail);
        _completionMask = *(uint*)(rings + completion.Mask);
        _completions = (Completion*)(rings + completion.Completions);
    }

    /// <summary>Null where the kernel is older than 6.1 or refuses: seccomp profiles of containers do, by default.</summary>
    /// <param name="size">The most sends of one <see cref="Submit"/>; a power of two.</param>
    public static SendRing? TryOpen(int size)
    {
        var parameters = new Parameters { Flags = SingleIssuer | DeferTaskRun | SubmitAll };
        var fd = (int)Libc.Syscall(Setup, size, (nint)(&parameters), 0, 0, 0, 0);
        if (fd < 0)
        {
            return null;
        }
        var ringsSize = (nint)Math.Max(
            parameters.Submission.Array + (parameters.SubmissionEntries * sizeof(uint)),
            parameters.Completion.Completions + (parameters.CompletionEntries * sizeof(Completion)));
        var entriesSize = (nint)parameters.SubmissionEntries * sizeof(Entry);
        var rings = (parameters.Features & (SingleMap | CanSkip)) == (SingleMap | CanSkip) ? Map(fd, ringsSize, 0) : null;
        var entries = rings is null ? null : (Entry*)Map(fd, entriesSize, EntriesOffset);
        if (entries is not null)
        {
            return new SendRing(fd, parameters, rings, ringsSize, entries, entriesSize);
        }
        Unmap(rings, ringsSize);
        _ = Libc.Close(fd);
        return null;
    }

    /// <summary>Adds a send to those that leave with the next <see cref="Submit"/>; <paramref name="number"/> is its place among them, from 0.</summary>
    public void Add(int number, UdpSocket socket, byte* start, int length)
    {
        var entry = _entries + (_next++ & _mask);
        *entry = new Entry
        {
            Operation = OpSend, Flags = SkipSuccess, Fd = socket.Fd, Address = start, Length = (uint)length,
            MessageFlags = Libc.MSG_DONTWAIT | MSG_NOSIGNAL, Tag = (ulong)number,
        };
    }

    /// <summary>Hands over what was added. Returns how many of them, from the first, the kernel took; of these it marks those that it could not send.</summary>
    public int Submit(int count, Span<bool> refused)
    {
        Volatile.Write(ref *_tail, _next);
        var taken = (int)Libc.Syscall(Enter, _fd, count, 0, 0, 0, 0);
        var head = *_completionHead;
        for (var tail = Volatile.Read(ref *_completionTail); head != tail; head++)
        {
            refused[(int)_completions[head & _completionMask].Tag] = true;
        }
        Volatile.Write(ref *_completionHead, head);
        return Math.Max(0, taken);
    }

    public void Dispose()
    {
        Unmap(_rings, _ringsSize);
        Unmap((byte*)_entries, _entriesSize);
        _ = Libc.Close(_fd);
    }

    private static byte* Map(int fd, nint size, long offset)
    {
        var memory = Libc.Map(null, size, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED | Libc.MAP_POPULATE, fd, offset);
        return (nint)memory == -1 ? null : memory;
    }

    private static void Unmap(byte* memory, nint size)
    {
        if (memory is not null)
        {
            _ = Libc.Unmap(memory, size);
        }
    }

    /// <summary>struct io_uring_params.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 120)]
    private struct Parameters
    {
        public uint SubmissionEntries, CompletionEntries, Flags, ProcessorOfPoller, PollerIdle, Features, SharedWith;
        private readonly uint _reserved0, _reserved1, _reserved2;
        public SubmissionOffsets Submission;
        public CompletionOffsets Completion;
    }

    /// <summary>struct io_sqring_offsets.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private struct SubmissionOffsets
    {
        public uint Head, Tail, Mask, Entries, Flags, Dropped, Array;
    }

    /// <summary>struct io_cqring_offsets.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 40)]
    private struct CompletionOffsets
    {
        public uint Head, Tail, Mask, Entries, Overflow, Completions;
    }

    /// <summary>struct io_uring_sqe, as a send has it.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct Entry
    {
        [FieldOffset(0)] public byte Operation;
        [FieldOffset(1)] public byte Flags;
        [FieldOffset(4)] public int Fd;
        [FieldOffset(16)] public byte* Address;
        [FieldOffset(24)] public uint Length;
        [FieldOffset(28)] public int MessageFlags;
        [FieldOffset(32)] public ulong Tag;
    }

    /// <summary>struct io_uring_cqe.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Completion
    {
        public ulong Tag;
        public int Result;
        public uint Flags;
    }
}
