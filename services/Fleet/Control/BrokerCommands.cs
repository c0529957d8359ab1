using System.Globalization;
using CallCenter.Hosting;
using CallCenter.Starting;

namespace CallCenter.Fleet.Control;

/// <summary>The commands about the broker's queues: <c>queues</c>, <c>dead</c>, <c>resend</c>; of the running fleet, or with <c>--broker</c> of any deployment.</summary>
internal static class BrokerCommands
{
    public static async Task<int> Run(List<string> words, Uri broker)
    {
        try
        {
            await using var letters = await DeadLetters.Open(broker, CancellationToken.None);
            await (words switch
            {
                ["queues"] => Queues(letters),
                ["dead", ..] => Dead(letters, words.Skip(1).Select(Known).ToList()),
                ["resend", var queue] => Resend(letters, Known(queue)),
                _ => throw new StartException("queues | dead [QUEUE] | resend QUEUE"),
            });
            return 0;
        }
        catch (InvalidOperationException e)
        {
            throw new StartException(e.Message);
        }
    }

    private static async Task Queues(DeadLetters letters)
    {
        Console.WriteLine($"{"queue",-18} {"waiting",8} {"consumers",9} {"dead",6}  events of");
        foreach (var state in await letters.Queues(CancellationToken.None))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{state.Queue.Name,-18} {Count(state.Messages),8} {Count(state.Consumers),9} {state.Dead,6}  {string.Join(", ", state.Queue.Sources.Select(Topology.ExchangeOf))}"));
        }
    }

    private static async Task Dead(DeadLetters letters, List<string> queues)
    {
        var any = false;
        foreach (var queue in queues.Count > 0 ? queues : [.. Topology.Queues.Select(q => q.Name)])
        {
            foreach (var letter in await letters.List(queue, CancellationToken.None))
            {
                any = true;
                Console.WriteLine($"{letter.Queue}  {letter.Type}  {letter.Beginning}");
            }
        }
        if (!any)
        {
            Console.WriteLine("nothing was put aside");
        }
    }

    private static async Task Resend(DeadLetters letters, string queue)
    {
        var sent = await letters.SendAgain(queue, CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sent} sent to {queue} again"));
    }

    private static string Known(string queue) => Topology.Queues.Any(q => q.Name == queue) ? queue
        : throw new StartException($"there is no queue '{queue}'; they are: {string.Join(", ", Topology.Queues.Select(q => q.Name))}");

    private static string Count(uint? count) => count?.ToString(CultureInfo.InvariantCulture) ?? "-";
}
