namespace CallCenter.Media.Engine;

/// <summary>
/// A bounded queue for many writers and one reader without locks: a ring whose cells carry the turn in which they may
/// be written or read (the scheme of Vyukov's bounded queue).
/// </summary>
internal sealed class CommandQueue
{
    private struct Cell
    {
        public long Turn;
        public Action? Command;
    }

    private readonly Cell[] _cells;
    private readonly long _mask;
    private long _tail;
    private long _head;

    public CommandQueue(int capacity)
    {
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity);
        _cells = new Cell[size];
        _mask = size - 1;
        for (var i = 0; i < size; i++)
        {
            _cells[i].Turn = i;
        }
    }

    /// <summary>False when the queue is full.</summary>
    public bool TryEnqueue(Action command)
    {
        while (true)
        {
            var tail = Volatile.Read(ref _tail);
            ref var cell = ref _cells[tail & _mask];
            var behind = Volatile.Read(ref cell.Turn) - tail;
            if (behind < 0)
            {
                return false;
            }
            if (behind == 0 && Interlocked.CompareExchange(ref _tail, tail + 1, tail) == tail)
            {
                cell.Command = command;
                Volatile.Write(ref cell.Turn, tail + 1);
                return true;
            }
        }
    }

    /// <summary>Only the one reader calls this.</summary>
    public bool TryDequeue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Action? command)
    {
        ref var cell = ref _cells[_head & _mask];
        if (Volatile.Read(ref cell.Turn) != _head + 1)
        {
            command = null;
            return false;
        }
        command = cell.Command!;
        cell.Command = null;
        Volatile.Write(ref cell.Turn, _head + _cells.Length);
        _head++;
        return true;
    }
}
