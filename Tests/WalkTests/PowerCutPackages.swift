import Support

/// The packages of the stack `tally`: a daemon and a preparation in Perl, which every Debian has,
/// and so many files that unpacking them takes a while.
enum PowerCutPackages {
    static let fileCount = 400

    /// Listens, and says a word to whoever connects.
    static let daemon = """
        use strict; use IO::Socket::INET;
        my $server = IO::Socket::INET->new(
            LocalPort => shift, Listen => 5, ReuseAddr => 1) or die "cannot listen: $!";
        print "tally listens\\n";
        while (my $client = $server->accept) { print $client "ready\\n"; close $client }
        """

    /// Makes its mark atomically, as a good formatter does, and never twice.
    static let format = """
        use strict; use IO::Handle;
        my $folder = shift;
        die "formatted already\\n" if -e "$folder/FORMAT";
        open my $file, '>', "$folder/FORMAT.new" or die "cannot write: $!";
        print $file "tally 1\\n"; $file->flush; $file->sync or die "cannot sync: $!"; close $file;
        rename "$folder/FORMAT.new", "$folder/FORMAT" or die "cannot rename: $!";
        open my $directory, '<', $folder; syscall(74, fileno $directory);
        """

    static func build(in folder: String, signedBy key: TestKey) async throws {
        let builder = RPMBuilder(directory: folder)
        try await builder.build(
            RPMBuilder.Package(
                "tally", requires: ["tally-data"],
                files: [
                    "/usr/share/tally/tally.pl": daemon, "/usr/share/tally/format.pl": format,
                ]), signedBy: key)
        var files: [String: String] = [:]
        for number in 0..<fileCount {
            let line = "\(number) sheep\n"
            files["/usr/share/tally/data/\(number % 20)/\(number).txt"] =
                String(repeating: line, count: 200)
        }
        try await builder.build(RPMBuilder.Package("tally-data", files: files), signedBy: key)
    }
}
