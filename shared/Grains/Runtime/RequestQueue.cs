namespace CallCenter.Grains;

/// <summary>First in, first out, linked through the requests themselves: an idle mailbox holds no memory.</summary>
internal struct RequestQueue
{
    private GrainRequest? tail;

    public GrainRequest? Head { get; private set; }

    public int Count { get; private set; }

    public void Enqueue(GrainRequest request)
    {
        request.Next = null;
        if (tail is null)
            Head = request;
        else
            tail.Next = request;
        tail = request;
        Count++;
    }

    public GrainRequest Dequeue()
    {
        var request = Head!;
        Head = request.Next;
        if (Head is null)
            tail = null;
        request.Next = null;
        Count--;
        return request;
    }
}
