namespace CallCenter.Routing.Pools;

/// <summary>
/// A sorted set that knows positions: add, remove, first and position are O(log n). A treap (Seidel and Aragon, 1996) whose nodes lie in
/// one array, so that it gives the collector nothing to do; its weights come from a fixed seed, so that the same history has the same cost.
/// </summary>
internal sealed class OrderedSet<T> where T : struct, IComparable<T>
{
    private Node[] nodes = new Node[4];
    private int used = 1;
    private int free;
    private int root;
    private uint seed = 2463534242;

    public int Count => nodes[root].Count;

    /// <summary>The least value; the set must not be empty.</summary>
    public T Min
    {
        get
        {
            var at = root;
            while (nodes[at].Left != 0)
            {
                at = nodes[at].Left;
            }

            return nodes[at].Value;
        }
    }

    /// <param name="value">Must not be in the set.</param>
    public void Add(T value)
    {
        var added = Take();
        var weight = NextWeight();
        ref var link = ref root;
        while (link != 0 && nodes[link].Weight >= weight)
        {
            ref var node = ref nodes[link];
            var isBefore = value.CompareTo(node.Value) < 0;
            node.Count++;
            node.Before += isBefore ? 1 : 0;
            link = ref isBefore ? ref node.Left : ref node.Right;
        }

        var (before, after) = Split(link, value);
        nodes[added] = new Node { Value = value, Weight = weight, Left = before, Right = after };
        Recount(added);
        link = added;
    }

    /// <param name="value">Must be in the set.</param>
    public void Remove(T value)
    {
        ref var link = ref root;
        while (true)
        {
            var order = value.CompareTo(nodes[link].Value);
            if (order == 0 && link != 0)
            {
                break;
            }

            if (link == 0)
            {
                throw new InvalidOperationException($"{value} is not in the set: its counts are wrong from here on.");
            }

            ref var node = ref nodes[link];
            node.Count--;
            node.Before -= order < 0 ? 1 : 0;
            link = ref order < 0 ? ref node.Left : ref node.Right;
        }

        var gone = link;
        link = Merge(nodes[gone].Left, nodes[gone].Right);
        Give(gone);
    }

    public bool Contains(T value)
    {
        var at = root;
        while (at != 0 && value.CompareTo(nodes[at].Value) is var order and not 0)
        {
            at = order < 0 ? nodes[at].Left : nodes[at].Right;
        }

        return at != 0;
    }

    /// <summary>How many values come before this one, which need not be in the set.</summary>
    public int CountBefore(T value)
    {
        var (before, at) = (0, root);
        while (at != 0)
        {
            ref var node = ref nodes[at];
            if (node.Value.CompareTo(value) < 0)
            {
                before += node.Before + 1;
                at = node.Right;
            }
            else
            {
                at = node.Left;
            }
        }

        return before;
    }

    /// <summary>The value with so many before it, from 0.</summary>
    public T At(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var at = root;
        while (true)
        {
            var left = nodes[at].Before;
            if (index == left)
            {
                return nodes[at].Value;
            }

            (at, index) = index < left ? (nodes[at].Left, index) : (nodes[at].Right, index - left - 1);
        }
    }

    private (int Before, int After) Split(int at, T value)
    {
        if (at == 0)
        {
            return (0, 0);
        }

        if (nodes[at].Value.CompareTo(value) < 0)
        {
            var (before, after) = Split(nodes[at].Right, value);
            nodes[at].Right = before;
            Recount(at);
            return (at, after);
        }
        else
        {
            var (before, after) = Split(nodes[at].Left, value);
            nodes[at].Left = after;
            Recount(at);
            return (before, at);
        }
    }

    private int Merge(int before, int after)
    {
        if (before == 0 || after == 0)
        {
            return before + after;
        }

        var top = nodes[before].Weight > nodes[after].Weight ? before : after;
        if (top == before)
        {
            nodes[before].Right = Merge(nodes[before].Right, after);
        }
        else
        {
            nodes[after].Left = Merge(before, nodes[after].Left);
        }

        Recount(top);
        return top;
    }

    private void Recount(int at)
    {
        ref var node = ref nodes[at];
        node.Before = nodes[node.Left].Count;
        node.Count = node.Before + nodes[node.Right].Count + 1;
    }

    private int Take()
    {
        if (free != 0)
        {
            var taken = free;
            free = nodes[taken].Left;
            return taken;
        }

        if (used == nodes.Length)
        {
            Array.Resize(ref nodes, 2 * used);
        }

        return used++;
    }

    private void Give(int at)
    {
        nodes[at] = new Node { Left = free };
        free = at;
    }

    private uint NextWeight()
    {
        // Xorshift (Marsaglia, 2003).
        seed ^= seed << 13;
        seed ^= seed >> 17;
        return seed ^= seed << 5;
    }

    /// <summary>
    /// Node 0 is none; a free node's left is the next free one. It knows how many are before it in its own part, so that a position is found by the nodes on the way
    /// alone: in a long line each is a miss of the cache.
    /// </summary>
    private struct Node
    {
        public T Value;
        public int Left;
        public int Right;
        public int Count;
        public int Before;
        public uint Weight;
    }
}
