namespace CallCenter.TestKit.Telemetry;

/// <summary>A span as it came over OTLP.</summary>
/// <param name="Scope">Name of the activity source.</param>
/// <param name="Tags">Attributes with a text or a number.</param>
public sealed record Span(
    string TraceId, string SpanId, string ParentId, string Name, string Scope,
    ulong StartNanoseconds, ulong EndNanoseconds, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Reads the body of <c>POST /v1/traces</c> (opentelemetry-proto, collector/trace/v1).</summary>
    public static List<Span> ReadAll(ReadOnlySpan<byte> request)
    {
        var spans = new List<Span>();
        for (var resources = new ProtoReader(request); resources.Next();)
        {
            for (var resource = new ProtoReader(resources.Bytes); resource.Next();)
            {
                if (resource.Field == 2)
                {
                    ReadScope(resource.Bytes, spans);
                }
            }
        }
        return spans;
    }

    private static void ReadScope(ReadOnlySpan<byte> message, List<Span> spans)
    {
        var scope = "";
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 1:
                    scope = FirstText(fields.Bytes);
                    break;
                case 2:
                    spans.Add(ReadSpan(fields.Bytes, scope));
                    break;
            }
        }
    }

    private static Span ReadSpan(ReadOnlySpan<byte> message, string scope)
    {
        string trace = "", id = "", parent = "", name = "";
        ulong start = 0, end = 0;
        var tags = new Dictionary<string, string>();
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            switch (fields.Field)
            {
                case 1: trace = Convert.ToHexStringLower(fields.Bytes); break;
                case 2: id = Convert.ToHexStringLower(fields.Bytes); break;
                case 4: parent = Convert.ToHexStringLower(fields.Bytes); break;
                case 5: name = fields.Text; break;
                case 7: start = fields.Number; break;
                case 8: end = fields.Number; break;
                case 9: ReadTag(fields.Bytes, tags); break;
            }
        }
        return new Span(trace, id, parent, name, scope, start, end, tags);
    }

    private static void ReadTag(ReadOnlySpan<byte> message, Dictionary<string, string> tags)
    {
        string key = "", value = "";
        for (var fields = new ProtoReader(message); fields.Next();)
        {
            if (fields.Field == 1)
            {
                key = fields.Text;
            }
            else
            {
                var any = new ProtoReader(fields.Bytes);
                value = !any.Next() ? "" : any.Field == 1 ? any.Text : $"{any.Number}";
            }
        }
        tags[key] = value;
    }

    private static string FirstText(ReadOnlySpan<byte> message)
    {
        var fields = new ProtoReader(message);
        return fields.Next() && fields.Field == 1 ? fields.Text : "";
    }
}
