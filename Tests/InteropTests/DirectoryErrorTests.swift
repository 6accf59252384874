import FoundationEssentials
import Support
import Testing

/// A directory whose listing breaks off (a bad disk, a network file system): a small library takes
/// readdir's place in our program. What was listed before must not be taken for all.
@Suite(.enabled(if: Command.exists("cc"), "needs a C compiler"))
struct DirectoryErrorTests {
    static let source = """
        #define _GNU_SOURCE
        #include <dirent.h>
        #include <dlfcn.h>
        #include <errno.h>
        #include <stdio.h>
        #include <string.h>
        #include <unistd.h>

        struct dirent *readdir(DIR *stream) {
            char link[64], path[4096];
            snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd(stream));
            ssize_t length = readlink(link, path, sizeof path - 1);
            path[length > 0 ? length : 0] = 0;
            static __thread int calls;
            if (length > 7 && !strcmp(path + length - 7, "/broken") && ++calls > 3) {
                calls = 0;
                errno = EIO;
                return NULL;
            }
            struct dirent *(*real)(DIR *) = dlsym(RTLD_NEXT, "readdir");
            return real(stream);
        }
        """

    private func withLibrary(
        _ body: (_ directory: String, _ environment: [String: String]) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            try writeFile(directory + "/broken.c", Array(Self.source.utf8))
            let library = directory + "/broken.so"
            try await Command.run(
                "cc", ["-shared", "-fPIC", "-o", library, directory + "/broken.c"])
            try await body(directory, ["LD_PRELOAD": library])
        }
    }

    @Test func `an index says that a directory was not listed to its end`() async throws {
        try await withLibrary { directory, environment in
            let packages = directory + "/packages"
            try await RPMBuilder(directory: packages).build(.init("whole"))
            for name in ["a", "b", "c"] {
                try await RPMBuilder(directory: packages + "/broken").build(.init(name))
            }
            let result = try await HowdahProgram.run(
                ["repo", "index", packages], environment: environment, mayFail: true)
            #expect(result.exitCode == 2)
            #expect(result.errors.contains("'broken' cannot be listed to its end"))
            let whole = try await HowdahProgram.run(["repo", "index", packages])
            #expect(whole.output.contains("4 packages"))
        }
    }

    @Test func `nothing is removed or verified by a listing that broke off`() async throws {
        try await withLibrary { directory, environment in
            let packages = directory + "/broken"
            for name in ["a", "b", "c"] {
                try await RPMBuilder(directory: packages).build(.init(name))
            }
            try await index(packages)
            for verb in [["gc", "--retain", "0s"], ["verify"]] {
                let result = try await HowdahProgram.run(
                    ["repo"] + verb + [packages], environment: environment, mayFail: true)
                #expect(result.exitCode == 1)
                #expect(result.errors.contains("cannot list '\(packages)'"))
            }
        }
    }
}
