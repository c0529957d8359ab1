using System.Globalization;

namespace CallCenter.Days;

/// <summary><c>calls.csv</c>: a line a caller, the header first; the README beside has the format.</summary>
internal static class CallsFile
{
    public const string Name = "calls.csv";

    private const int CallsMax = 2_000_000, ErrorsMax = 1_000;
    private const long DayMs = 86_400_000;

    private static readonly string[] Columns = ["t_ms", "tenant", "queue", "talk_ms", "wrap_ms", "patience_ms"];

    public static List<TraceCall> Read(TextReader lines, IReadOnlyList<TraceQueue> queues, List<string> errors)
    {
        var calls = new List<TraceCall>();
        var indexes = queues.Select((queue, index) => ((queue.Tenant, queue.Name), index)).ToDictionary(pair => pair.Item1, pair => pair.index);
        var header = (lines.ReadLine() ?? "").TrimStart('\uFEFF').Split(',').Select(name => name.Trim().ToLowerInvariant()).ToList();
        var order = Columns.Select(name => header.IndexOf(name)).ToArray();
        if (order.Contains(-1))
        {
            errors.Add($"{Name}: the first line is '{string.Join(',', header)}': it names the columns {string.Join(',', Columns)}.");
            return calls;
        }

        for (var number = 2; lines.ReadLine() is { } line && errors.Count < ErrorsMax; number++)
        {
            if (line.Trim().Length > 0 && Call(line.Split(','), header.Count, order, indexes, number, errors) is { } call)
            {
                calls.Add(call);
            }

            if (calls.Count > CallsMax)
            {
                errors.Add($"{Name}: more than {CallsMax} calls.");
                break;
            }
        }

        if (calls.Count == 0 && errors.Count == 0)
        {
            errors.Add($"{Name}: there is no call.");
        }

        return [.. calls.OrderBy(call => call.AtMs)];
    }

    public static void Write(TextWriter file, Trace trace)
    {
        file.Write($"{string.Join(',', Columns)}\n");
        foreach (var call in trace.Calls)
        {
            var queue = trace.Queues[call.Queue];
            var patience = call.PatienceMs == long.MaxValue ? "" : call.PatienceMs.ToString(CultureInfo.InvariantCulture);
            file.Write(string.Create(CultureInfo.InvariantCulture, $"{call.AtMs},{queue.Tenant},{queue.Name},{call.TalkMs},{call.WrapMs},{patience}\n"));
        }
    }

    private static TraceCall? Call(string[] fields, int width, int[] order, Dictionary<(string, string), int> queues, int number, List<string> errors)
    {
        if (fields.Length != width)
        {
            errors.Add($"{Name} line {number}: {fields.Length} fields where the first line has {width}.");
            return null;
        }

        var before = errors.Count;
        if (!queues.TryGetValue((fields[order[1]].Trim(), fields[order[2]].Trim()), out var queue))
        {
            errors.Add($"{Name} line {number}: {CentreFile.Name} has no queue '{fields[order[2]].Trim()}' of tenant '{fields[order[1]].Trim()}'.");
        }

        long Ms(int column, long most, bool mayBeEmpty = false)
        {
            var text = fields[order[column]].Trim();
            if (mayBeEmpty && text.Length == 0)
            {
                return long.MaxValue;
            }

            if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || !(value <= most))
            {
                errors.Add($"{Name} line {number}: {Columns[column]} is '{text}': 0 to {most} milliseconds.");
                return 0;
            }

            return (long)value;
        }

        var call = new TraceCall(Ms(0, 31 * DayMs), queue, Ms(3, DayMs), Ms(4, DayMs), Ms(5, 31 * DayMs, mayBeEmpty: true));
        return errors.Count == before ? call : null;
    }
}
